import "./tokens.css";
import "./base.css";
import "./layout.css";

import { mount } from "svelte";

import TokenPage from "./pages/TokenPage.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("callout.html has no element #app");
const token = location.pathname.split("/")[2] ?? "";
const others = location.hash.slice(1).split(",").filter(Boolean);
mount(TokenPage, { target, props: { token, others } });
