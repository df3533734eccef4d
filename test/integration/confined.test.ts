import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { describe, it } from 'node:test'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { ourContainersIn } from '../support/kubernetes/cluster.js'
import { notConfinable, runAsNobody, startConfined } from '../support/kubernetes/confined.js'
import { render } from '../support/kubernetes/render.js'
import { madeUpSecret } from '../support/kubernetes/settings-policy.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const { manifests } = render('deploy/kubernetes/overlays/kubernetes')

const measured = (scenario: string, duration: number) =>
  JSON.parse([...responseChunks({ scenario: scenarioNamed(scenario), duration })].join(''))
const trainers = ['SGDRegressorTrainer']
const body = JSON.stringify({
  name: 'mine',
  energy_source: 'rapl-sysfs',
  trainer: { abs_trainers: trainers, dyn_trainers: trainers, isolator: 'MinIdleIsolator', isolator_args: {} },
  prom_response: measured('mixed', 120),
})

describe('the programs, as confined as their manifests say', { skip: notConfinable }, () => {
  for (const ours of ourContainersIn(manifests)) {
    it(`${ours.program} starts, is ready, and ends in time`, async () => {
      const program = startConfined(ours, manifests)
      try {
        const [url] = await program.waitFor(/http:\/\/localhost:\d+/)
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'] as const) {
          const path = ours.container[probe]?.httpGet?.path ?? ''
          const answer = await fetch(`${url}${path}`)
          assert.equal(answer.status, 200, `${path}: ${await answer.text()}`)
        }
        program.signal('SIGTERM')
        assert.equal(await program.ended, 0, program.stderr())
      } finally {
        program.signal('SIGKILL')
      }
      assert.doesNotMatch(program.stderr(), /EACCES|EROFS|EPERM|using another folder/)
    })
  }

  it('a trainer says at once that it may not write where it should', () => {
    for (const [program, setting] of [
      ['online-trainer', 'ONLINE_HISTORY_PATH'],
      ['online-trainer', 'MODEL_PATH'],
      ['offline-trainer', 'JOBS_PATH'],
    ] as const) {
      const [open, folder] = [temporaryFolder(), temporaryFolder()]
      chmodSync(open, 0o777)
      chmodSync(folder, 0o755)
      const { status, stderr } = runAsNobody(program, { MODEL_PATH: open, [setting]: folder })
      assert.equal(status, 2, stderr)
      assert.match(stderr, new RegExp(`${setting} ${folder} cannot be used: EACCES.*set it to a folder`))
    }
  })

  it('the offline trainer trains, and wants the token of its secret', async () => {
    const ours = ourContainersIn(manifests).find(({ program }) => program === 'offline-trainer')
    assert.ok(ours)
    const program = startConfined(ours, manifests)
    try {
      const [url] = await program.waitFor(/http:\/\/localhost:\d+/)
      const train = (headers: Record<string, string>) => fetch(`${url}/train`, { method: 'POST', body, headers })
      assert.equal((await train({})).status, 401)
      const answer = await train({ authorization: `Bearer ${madeUpSecret}` })
      const zip = Buffer.from(await answer.arrayBuffer())
      assert.equal(answer.status, 200, `${zip}`)
      assert.equal(zip.toString('latin1', 0, 2), 'PK')
    } finally {
      program.signal('SIGKILL')
      await program.ended
    }
  })
})
