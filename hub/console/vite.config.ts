import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** Where `npm run dev` finds the hub. */
const hub = process.env["GATEHOUSE_HUB"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [svelte()],
  build: {
    // The hub's policy allows nothing inline, so that no asset may become a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ["index.html", "resident.html", "callout.html"] },
  },
  server: { proxy: { "/api": hub, "/sign-in?token": hub } },
});
