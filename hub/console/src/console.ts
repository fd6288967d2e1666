import "./tokens.css";
import "./base.css";
import "./layout.css";

import { mount } from "svelte";

import App from "./pages/shell/App.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no element #app");
mount(App, { target });
