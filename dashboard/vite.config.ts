// One file, nothing to fetch: page.html. Its policy lets run the script that was built with it and nothing else.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

function pageWithPolicy(): Plugin {
  return {
    name: "page-with-policy",
    apply: "build",
    writeBundle(options) {
      const html = readFileSync(`${options.dir}/index.html`, "utf8");
      const script = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html);
      if (!script?.[1]) throw new Error("the page has no script");
      const hash = createHash("sha256").update(script[1]).digest("base64");
      const policy =
        `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; ` +
        `img-src data:; base-uri 'none'; form-action 'none'`;
      const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
      writeFileSync("page.html", html.replace('<meta charset="utf-8">', (tag) => `${tag}\n${meta}`));
    },
  };
}

export default defineConfig({
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), pageWithPolicy()],
  build: { outDir: "node_modules/.page", target: "es2022", modulePreload: false, emptyOutDir: true },
});
