// Bundles the style sheet, the browser code and the icons.
// `npm run build` writes content-hashed files and manifest.json into crates/linli/assets, where the program embeds them.
// `npm run gallery` writes the same files unhashed into gallery/build, for the example pages.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const gallery = process.argv.includes("--gallery");
const out = gallery ? join(here, "gallery/build") : join(here, "../crates/linli/assets");

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: ["src/app.css", "src/app.ts", "src/desk.ts", "src/live.ts", "src/call.ts", "src/passkey.ts", "src/sw.ts", "src/try.ts", "src/check.css", "src/check.ts"],
  outdir: "out", // only names the files; nothing is written there
  write: false,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["chrome87", "safari15", "firefox90"],
  legalComments: "eof", // the licences of what is brought along ask to be kept
});

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const files = outputFiles.map(({ path, contents }) => [basename(path), contents]);
for (const icon of ["icon.svg", "icon-192.png", "icon-512.png", "icon-maskable.png"]) {
  files.push([icon, await readFile(join(here, "src", icon))]);
}

const manifest = {};
for (const [name, contents] of files.sort(([a], [b]) => (a < b ? -1 : 1))) {
  const hash = createHash("sha256").update(contents).digest("hex").slice(0, 12);
  manifest[name] = gallery ? name : name.replace(/\.(\w+)$/, `.${hash}.$1`);
  await writeFile(join(out, manifest[name]), contents);
  // What shrinks is compressed here, once and well, instead of for each reader.
  const small = gzipSync(contents, { level: 9 });
  if (!gallery && /\.(css|js|svg)$/.test(name) && small.length < contents.length) await writeFile(join(out, `${manifest[name]}.gz`), small);
}
if (!gallery) await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
