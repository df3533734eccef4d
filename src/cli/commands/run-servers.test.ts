import assert from 'node:assert/strict'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { failureOf, runCli, runServer } from '../../../test/support/cli.js'
import { fakeSystem } from '../../../test/support/fake-proc.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { packageVersion } from '../package-version.js'
import { keplerModelProgram } from '../program.js'

const terminal = { columns: 120 }
const anyPort = ['--host', '127.0.0.1', '--port', '0']
const withoutPort = (text: string) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')

describe('programs that run until a signal', () => {
  const root = temporaryFolder()
  const models = join(root, 'models')
  const spec = join(root, 'spec.json')
  writeFiles(root, { 'spec.json': '{"processor": "Intel Xeon E5-2660 v3", "cores": 40, "chips": 2, "memory": 64}' })
  writeFiles(join(models, 'small-0.1'), pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }]))
  const environment = { UNIVERSAL: 'false', MACHINE_SPEC_PATH: spec }
  describe('estimator', () => {
    const socket = join(root, 'e.sock')
    const args = ['estimator', '--socket', socket, '--offline']

    it('says on which sockets it is, what machine this is, and leaves no socket behind', async () => {
      const there = () => assert.ok(existsSync(socket))
      const { code, stdout } = await runServer(keplerModelProgram, args, /"estimator"/, there, { environment })
      assert.equal(code, 0)
      assert.deepEqual(JSON.parse(stdout), {
        ...{ program: 'estimator', sockets: [socket], machine_spec_from: spec },
        machine_spec: { processor: 'Intel Xeon E5-2660 v3', cores: 40, chips: 2, memory: 64 },
      })
      assert.ok(!existsSync(socket))
    })

    it('says on a terminal how to ask it, over the socket or over HTTP', async () => {
      const say = async (...more: string[]) => {
        const options = { environment, ...terminal }
        const { stdout } = await runServer(
          keplerModelProgram,
          [...args, ...more],
          /Ask it for watts:\n.*\n/,
          () => {},
          options,
        )
        return withoutPort(stdout)
      }
      const bySocket = await say('--socket', join(root, 'f.sock'))
      assert.ok(
        bySocket.startsWith(
          `kepler-model-server ${packageVersion()}\n\nEstimator     ${socket}, ${join(root, 'f.sock')}\n`,
        ),
      )
      assert.match(
        bySocket,
        /\nThis machine {2}processor Intel Xeon E5-2660 v3, cores 40, chips 2, memory 64 \(\S+spec\.json\)\n/,
      )
      assert.ok(bySocket.includes(`require("net").connect("${socket}")`))
      const byHttp = await say('--http', '0')
      assert.ok(byHttp.includes(`Estimator     ${socket}, http://HOST\n`))
      assert.match(
        byHttp,
        /\n {2}curl -s http:\/\/HOST\/estimate -d '\{"metrics":\["bpf_cpu_time_ms",.*"AbsPower"\}'\n$/,
      )
      assert.doesNotMatch(byHttp, /require/)
    })
  })

  describe('offline-trainer', () => {
    const args = ['offline-trainer', ...anyPort, '--jobs-path', join(root, 'jobs'), '--model-path', models]

    it('says where it is and where it keeps jobs', async () => {
      const { code, stdout } = await runServer(
        keplerModelProgram,
        args,
        /"url":"([^"]+)"/,
        async ([, url]) => assert.equal((await fetch(`${url}/readyz`)).status, 200),
        { environment },
      )
      const { url: _, ...facts } = JSON.parse(stdout)
      assert.equal(code, 0)
      assert.deepEqual(facts, { program: 'offline-trainer', version: packageVersion(), jobs: join(root, 'jobs') })
    })

    it('says on a terminal whether it wants a token', async () => {
      const say = async (more: Record<string, string>) => {
        const options = { environment: { ...environment, ...more }, ...terminal }
        return withoutPort((await runServer(keplerModelProgram, args, /curl/, () => {}, options)).stdout)
      }
      const open = await say({})
      assert.ok(open.startsWith(`kepler-model-server ${packageVersion()}\n\nOffline trainer  http://HOST  (try`), open)
      assert.match(open, /\nJobs are kept in \S+jobs\nNo token is needed \(OFFLINE_TRAINER_TOKEN\)\n\nSend it/)
      assert.match(await say({ OFFLINE_TRAINER_TOKEN: 'geheim' }), /\nA token is needed\n/)
    })
  })

  describe('online-trainer', () => {
    const nobody = ['--prometheus', 'http://me:secret@127.0.0.1:1/', '--history-path', join(root, 'history')]
    const args = ['online-trainer', ...nobody, '--model-path', models]

    it('says what it trains on, without credentials', async () => {
      const { code, stdout } = await runServer(keplerModelProgram, [...args, ...anyPort], /"url"/, () => {}, {
        environment,
      })
      const { url: _, ...facts } = JSON.parse(stdout)
      assert.equal(code, 0)
      assert.deepEqual(facts, {
        ...{ program: 'online-trainer', version: packageVersion(), prometheus: 'http://127.0.0.1:1' },
        pipeline: 'std_v0.7.11',
      })
      const options = { environment, ...terminal }
      const interval = ['--sampling-interval', '30', '--online-pipeline', 'mine']
      const shown = await runServer(
        keplerModelProgram,
        [...args, ...anyPort, ...interval],
        /Publishes.*\n/,
        () => {},
        options,
      )
      assert.match(
        shown.stdout,
        /\nOnline trainer {2}(\S+)\/status, \1\/metrics\nTrains on {7}http:\/\/127\.0\.0\.1:1, every 30 s\n/,
      )
      assert.match(shown.stdout, /\nPublishes {7}mine \(/)
    })

    it('--once fails when Prometheus does not answer, in JSON too', async () => {
      const { code, stdout, stderr } = await runCli(keplerModelProgram, [...args, '--once', '--json'], { environment })
      assert.equal(code, 69, stderr)
      assert.equal(JSON.parse(stdout).outcome, 'failed')
      const plain = await runCli(keplerModelProgram, [...args, '--once'], { environment })
      assert.deepEqual([plain.code, plain.stdout], [69, ''])
    })
  })

  describe('serve', () => {
    const sockets = ['--socket', join(root, 's.sock')]
    const args = ['serve', ...anyPort, '--http', '0', '--offline', '--model-path', models, ...sockets]
    const online = ['--online', '--prometheus', 'http://me:secret@127.0.0.1:1', '--history-path', join(root, 'online')]

    it('runs server and estimator, with the trainer where it is wanted', async () => {
      const { code, stdout } = await runServer(
        keplerModelProgram,
        [...args, ...online],
        /"model-server","url":"([^"]+)"[\s\S]*"online-trainer"/,
        async ([, url]) => {
          assert.equal((await fetch(`${url}/readyz`)).status, 200)
          assert.match(await (await fetch(`${url}/metrics`)).text(), /kepler_online/)
          assert.equal((await fetch(`${url}/status`)).status, 200)
        },
        { environment },
      )
      assert.equal(code, 0)
      const programs = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      assert.deepEqual(
        programs.map(({ program }) => program),
        ['model-server', 'estimator', 'online-trainer'],
      )
      assert.deepEqual(programs[2], { program: 'online-trainer', prometheus: 'http://127.0.0.1:1' })
    })

    it('says on a terminal all of that, a paragraph each', async () => {
      const options = { environment, ...terminal }
      const { stdout } = await runServer(
        keplerModelProgram,
        [...args, ...online],
        /Online trainer.*\n/,
        () => {},
        options,
      )
      assert.match(withoutPort(stdout), /weight":true\}'\n\nEstimator {5}\S+s\.sock, http:\/\/HOST\n/)
      assert.match(stdout, /\n\nOnline trainer trains on http:\/\/127\.0\.0\.1:1 every 20 s \(see/)
      const alone = await runServer(keplerModelProgram, args, /Ask it for watts:\n.*\n/, () => {}, options)
      assert.doesNotMatch(alone.stdout, /nline trainer/)
    })

    it('stops what it has started when the rest cannot start', async () => {
      writeFiles(root, { taken: 'a file' })
      const failure = await failureOf(keplerModelProgram, [...args, '--socket', join(root, 'taken')], { environment })
      assert.match(String(failure), /cannot listen on .*taken/)
      rmSync(join(root, 'taken'))
    })
  })

  describe('meter', () => {
    it('says that these are estimates, of which model, and where', async () => {
      const system = fakeSystem(join(root, 'machine'))
      system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
      system.file('proc/meminfo', 'MemTotal: 67108864 kB\nMemAvailable: 8000000 kB\n')
      system.cpus([[4, 0, 0, 4, 0, 0, 0, 0]])
      const args = ['meter', '--procfs', system.proc, '--sysfs', system.sys, ...anyPort, '--share', '0.25']
      const powercap = join(root, 'powercap')
      const { code, stdout } = await runServer(
        keplerModelProgram,
        [...args, '--powercap', powercap],
        /Power meter {3}(\S+)\/metrics\n/,
        async ([, url]) => assert.equal((await fetch(`${url}/metrics`)).status, 200),
        { environment: {} },
      )
      assert.equal(code, 0)
      assert.ok(
        stdout.startsWith(`kepler-model-server ${packageVersion()}\n\nESTIMATES, not measurements.\nModel         u`),
        stdout,
      )
      assert.match(stdout, /\nShare {9}25 % of its host \(.*\)\n/)
      assert.match(stdout, /\nZones {9}psys, package, dram\n/)
      assert.ok(stdout.includes(`\nPowercap tree ${powercap}  (kepler --host.sysfs=${powercap})\n`))
    })

    it('stands aside where the machine has a meter', async () => {
      const system = fakeSystem(join(root, 'metered'))
      system.file('sys/class/powercap/intel-rapl:0/name', 'package-0\n')
      system.file('sys/class/powercap/intel-rapl:0/energy_uj', '1\n')
      system.file('sys/class/powercap/intel-rapl:0/max_energy_range_uj', '262143328850\n')
      const args = ['meter', '--procfs', system.proc, '--sysfs', system.sys, ...anyPort]
      const { stdout } = await runServer(keplerModelProgram, args, /Power meter/, () => {}, { environment: {} })
      assert.match(stdout, /\nThis machine has a meter of its own: no estimates here\..*\nPower meter {3}http/)
      assert.doesNotMatch(stdout, /Powercap tree|ESTIMATES/)
    })
  })
})
