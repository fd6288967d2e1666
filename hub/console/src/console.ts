import { show } from "./page";
import App from "./pages/shell/App.svelte";

show(App, {});
