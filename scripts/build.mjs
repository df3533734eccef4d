// Compiles src/ to dist/: first one JavaScript file and one .d.ts a source file, the library; then the programs again, each
// bundled with what it needs at its start. Loading one file instead of some four hundred halves the time a program takes
// to start (docs/decisions/0005-bundled-programs.md). Last the page, for browsers.
import { spawnSync } from 'node:child_process'
import { chmodSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { build } from 'esbuild'
import { buildPage } from './build-page.mjs'

rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
if (status !== 0) process.exit(status ?? 1)

const programs = readdirSync('src/bin').map((file) => file.replace(/\.ts$/, ''))
const threads = [
  'dist/train/worker.js',
  'dist/online/round/assess-thread.js',
  'dist/jobs/train-process.js',
  'dist/service/universal-curves-process.js',
]
await build({
  // Threads are loaded by the names of their files, beside the program.
  entryPoints: [...programs.map((name) => `dist/bin/${name}.js`), ...threads].map((path) => ({
    in: path,
    out: path.replace(/^.*\/|\.js$/g, ''),
  })),
  outdir: 'dist/bin',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  // Less text to parse at each start; names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  // These find files beside themselves, or are loaded when they are first needed.
  external: ['@fastify/swagger', '@fastify/swagger-ui', 'tinypool', 'undici'],
  // Packages in CommonJS ask for Node's own modules with `require`.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
await buildPage('dist/page')
for (const name of programs) {
  chmodSync(`dist/bin/${name}.js`, 0o755)
  // For who has dist/bin on the path. npm makes its own links, and packs none.
  if (process.platform !== 'win32') symlinkSync(`${name}.js`, `dist/bin/${name}`)
}
