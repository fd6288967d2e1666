import "./tokens.css";
import "./base.css";
import "./layout.css";

import { mount } from "svelte";

import Resident from "./resident/Resident.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("resident.html has no element #app");
const token = location.pathname.split("/")[2] ?? "";
mount(Resident, { target, props: { token } });
