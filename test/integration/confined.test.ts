import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ourContainersIn } from '../support/kubernetes/cluster.js'
import { notConfinable, startConfined } from '../support/kubernetes/confined.js'
import { render } from '../support/kubernetes/render.js'

const { manifests } = render('deploy/kubernetes/overlays/kubernetes')

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
})
