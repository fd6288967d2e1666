/** Tests run in Node with the code as the browser has it, so that runes are signals. */
export default {
  name: "client",
  viteEnvironment: "client",
  setup: () => ({ teardown: () => undefined }),
};
