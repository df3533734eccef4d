import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { curlCommand, keplerConfig } from './commands.js'

describe('curlCommand', () => {
  it('keeps the prefix that a proxy puts before the server', () => {
    const command = curlCommand('https://host/kepler/', 'api/v1/estimate', { a: 1 })
    assert.equal(command, `curl -s https://host/kepler/api/v1/estimate -d '{"a":1}'`)
  })

  it('gives a shell the body as it is, whatever is in it', () => {
    const body = { model: `it's $(id) "\`x\`" <script>\n` }
    const command = curlCommand('http://h/', 'x', body).replace('curl -s http://h/x -d', "printf '%s'")
    const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' })
    assert.equal(stdout, JSON.stringify(body))
  })
})

describe('keplerConfig', () => {
  const model = { source: 'rapl-sysfs', output_type: 'AbsPower', trainer: 'SGDRegressorTrainer', has_weights: true }

  it('lets Kepler evaluate weights, and the estimator the rest', () => {
    const config = keplerConfig('http://host:8100/', model)
    assert.match(config, /^MODEL_SERVER_URL: "http:\/\/host:8100"$/m)
    assert.match(config, /^ {2}NODE_COMPONENTS_ESTIMATOR=false$/m)
    assert.match(config, /^ {2}NODE_COMPONENTS_TRAINER=SGDRegressorTrainer$/m)
    assert.match(keplerConfig('http://h/', { ...model, has_weights: false }), /NODE_COMPONENTS_ESTIMATOR=true/)
  })

  it('names what the model is for', () => {
    assert.match(keplerConfig('http://h/', { ...model, source: 'acpi' }), /NODE_TOTAL_TRAINER/)
    assert.match(keplerConfig('http://h/', { ...model, output_type: 'DynPower' }), /PROCESS_COMPONENTS_TRAINER/)
  })

  it('is a ConfigMap, line by line', () => {
    const lines = keplerConfig('http://h/a/', model).split('\n')
    assert.deepEqual(
      [lines[0], lines[1], lines[2], lines.length],
      [...['MODEL_SERVER_ENABLE: "true"', 'MODEL_SERVER_URL: "http://h/a"', 'MODEL_CONFIG: |', 6]],
    )
    assert.ok(lines.slice(3).every((line) => line.startsWith('  ')))
    const total = keplerConfig('http://h/', { ...model, source: 'acpi', output_type: 'DynPower' })
    assert.match(total, /^ {2}PROCESS_TOTAL_ESTIMATOR=false$/m)
  })
})

describe('what a shell reads', () => {
  it('is quoted unless every character is plain', () => {
    const url = (text: string) => curlCommand('http://h/', text, {}).split(' -d ')[0]
    assert.equal(url('a/.,@:%+=-b'), 'curl -s http://h/a/.,@:%+=-b')
    assert.equal(url('a?b=c'), "curl -s 'http://h/a?b=c'")
    assert.equal(url("a;'b"), "curl -s 'http://h/a;'\\''b'")
  })
})
