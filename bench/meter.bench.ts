/**
 * What the power meter takes at 1,000 processes in 300 containers: part of a core and memory, at a reading every 5 s and
 * every second, with a scrape of `/metrics` each time. The machine is a fake one: plain files in memory, laid out as
 * the kernel's, of which a tenth changes each second. Beside it, in the same run and the same way: Debian's
 * node_exporter scraped as often (it knows no processes), and a program that only reads the same files anew each time.
 * Goals: below 1 % of a core and 90 MB every 5 s, below 4 % every second.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fakeSystem } from '../test/support/fake-proc.js'
import { freePort } from '../test/support/prometheus.js'

const processes = 1000
const containers = 300
const activePart = 0.1
const seconds = Number(process.env.BENCH_SECONDS ?? 60)
const ticksPerSecond = 100

const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
const root = mkdtempSync(join(memory, 'bench-meter-'))
const system = fakeSystem(root)
const idOf = (index: number) => (index % containers).toString(16).padStart(64, 'a')

/** So many seconds after the start: the first tenth of the containers works, the rest sleeps. */
function advance(second: number): void {
  const busy = second * 50
  system.cpus(Array.from({ length: 8 }, () => [busy, 0, 0, second * 100 - busy, 0, 0, 0, 0]))
  system.uptime(1000 + second)
  for (let index = 0; index < processes; index++) {
    if (second > 0 && (index % containers) / containers >= activePart) continue
    const cgroup = `/kubepods.slice/pod/cri-containerd-${idOf(index)}.scope`
    if (second === 0) {
      system.process({
        pid: index + 1,
        comm: `work-${index}`,
        cgroup: `0::${cgroup}\n`,
        environment: [`HOSTNAME=c${index % containers}`],
      })
    } else {
      const path = join(system.proc, String(index + 1), 'stat')
      const line = readFileSync(path, 'utf8').replace(/^(.*\) S(?: \S+){10} )\d+/, `$1${second * 3}`)
      writeFileSync(path, line)
    }
    system.file(`sys/fs/cgroup${cgroup}/cpu.stat`, `usage_usec ${second * 1_000_000}\nuser_usec 0\nsystem_usec 0\n`)
  }
}

function use(pid: number): { readonly cpu: number; readonly megabytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  return { cpu: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, megabytes: resident }
}

interface Contender {
  readonly name: string
  start(interval: number): Promise<{ readonly child: ChildProcess; readonly url: string | undefined }>
}

const meter: Contender = {
  name: 'power meter',
  async start(interval) {
    const port = await freePort()
    const options = [
      '--procfs',
      system.proc,
      '--sysfs',
      system.sys,
      '--interval',
      String(interval),
      '--port',
      String(port),
    ]
    const tree = ['--powercap', join(root, 'tree')]
    const child = spawn(process.execPath, ['dist/bin/power-meter.js', ...options, ...tree], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH, CONFIG_PATH: '/nonexistent' },
    })
    return { child, url: `http://127.0.0.1:${port}/metrics` }
  },
}

const nodeExporter: Contender = {
  name: 'node_exporter',
  async start() {
    const port = await freePort()
    const child = spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' })
    return { child, url: `http://127.0.0.1:${port}/metrics` }
  },
}

/** Opens, reads and closes what the meter reads at its first scan, and does nothing with it. */
const bareRead: Contender = {
  name: 'bare read',
  async start(interval) {
    const script = `
      const { readFileSync, readdirSync } = require('node:fs')
      setInterval(() => {
        readFileSync('${system.proc}/stat')
        for (const name of readdirSync('${system.proc}')) if (/^\\d+$/.test(name)) readFileSync('${system.proc}/' + name + '/stat')
        const groups = '${system.sys}/fs/cgroup/kubepods.slice/pod'
        for (const name of readdirSync(groups)) readFileSync(groups + '/' + name + '/cpu.stat')
      }, ${interval * 1000})`
    return { child: spawn(process.execPath, ['-e', script], { stdio: 'ignore' }), url: undefined }
  },
}

async function measure(contender: Contender, interval: number): Promise<void> {
  const { child, url } = await contender.start(interval)
  const ask = async () => {
    if (url !== undefined) await (await fetch(url)).arrayBuffer()
  }
  try {
    let second = 0
    for (; second < 10; second++) {
      advance(second)
      await wait(1000)
      if (second >= 5) await ask()
    }
    const before = use(child.pid!)
    const started = performance.now()
    let most = 0
    for (const end = second + seconds; second < end; second++) {
      advance(second)
      await wait(1000 - ((performance.now() - started) % 1000))
      if (second % interval === 0) await ask()
      most = Math.max(most, use(child.pid!).megabytes)
    }
    const after = use(child.pid!)
    const part = (100 * (after.cpu - before.cpu)) / ((performance.now() - started) / 1000)
    const goal = contender === meter ? (interval === 5 ? part < 1 && most < 90 : part < 4) : undefined
    const verdict = goal === undefined ? '' : goal ? '✓' : '✗'
    console.log(`| ${contender.name} | ${interval} | ${part.toFixed(2)} | ${most.toFixed(0)} | ${verdict} |`)
  } finally {
    child.kill('SIGKILL')
  }
}

try {
  mkdirSync(system.proc, { recursive: true })
  if (!existsSync('dist/bin/power-meter.js')) throw new Error('npm run build comes first')
  const contenders = [meter, bareRead]
  if (spawnSync('prometheus-node-exporter', ['--version']).status === 0) contenders.push(nodeExporter)
  else console.log('node_exporter is not here (apt-get install prometheus-node-exporter): left out')
  console.log('| program | every s | % of a core | MB | goal |')
  console.log('| --- | ---: | ---: | ---: | --- |')
  for (const interval of [5, 1]) for (const contender of contenders) await measure(contender, interval)
} finally {
  rmSync(root, { recursive: true, force: true })
}
