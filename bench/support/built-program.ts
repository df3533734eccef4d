import { spawn, spawnSync } from 'node:child_process'
import { observed, type RunningProgram } from '../../test/support/program.js'

/** Builds the programs as `npm start` does. */
export function buildPrograms(): void {
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

/** Starts a program as users run it: built. */
export function startBuilt(
  name: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningProgram {
  return started(name, [`dist/bin/${name}.js`, ...args], environment)
}

/** A server that does nothing but answer, and write what is posted to a file: what any Node program would take. */
export function startBareServer(file: string): RunningProgram {
  const script = `
    const { createServer } = require('node:http')
    const { createWriteStream } = require('node:fs')
    const { pipeline } = require('node:stream/promises')
    const server = createServer(async (request, response) => {
      if (request.method === 'POST') await pipeline(request, createWriteStream(${JSON.stringify(file)}))
      response.end('{}')
    })
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port))`
  return started('bare server', ['-e', script], {})
}

function started(name: string, args: readonly string[], environment: Readonly<Record<string, string>>): RunningProgram {
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, CONFIG_PATH: '/nonexistent', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return observed(name, child)
}
