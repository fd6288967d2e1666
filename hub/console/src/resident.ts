import { show, tokenOfAddress } from "./page";
import Resident from "./resident/Resident.svelte";

show(Resident, { token: tokenOfAddress() });
