export default { test: { include: ["examples/*.vitest.mjs"] } };
