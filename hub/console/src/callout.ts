import { show, tokenOfAddress } from "./page";
import TokenPage from "./pages/TokenPage.svelte";

const others = location.hash.slice(1).split(",").filter(Boolean);
show(TokenPage, { token: tokenOfAddress(), others });
