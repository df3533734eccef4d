import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { ModelError } from '../../core/errors.js'
import { exitCodeOf, exitCodes } from './exit-code.js'
import { writeAnnouncement, writeJson, writeLines, writeNotes } from './io.js'
import { keyPresses } from './key-presses.js'
import { megabytes } from './progress.js'
import { settingsIo } from './settings-io.js'
import { countProgress, trainProgress } from './train-progress.js'

describe('what commands write', () => {
  it('lines end with a newline each; none is nothing', () => {
    const { io, written } = recordedIo()
    writeLines(io.stdout, ['a', '', 'b'])
    writeLines(io.stdout, [])
    writeJson(io.stdout, { c: [1] })
    assert.equal(written.stdout, 'a\n\nb\n{\n  "c": [\n    1\n  ]\n}\n')
  })

  it('notes stand beside a table on a terminal, and on stderr without empty lines beside a pipe', () => {
    const [terminal, pipe] = [recordedIo({ columns: 80 }), recordedIo()]
    for (const { io } of [terminal, pipe]) writeNotes(io, ['', 'note'])
    assert.deepEqual(terminal.written, { stdout: '\nnote\n', stderr: '' })
    assert.deepEqual(pipe.written, { stdout: '', stderr: 'note\n' })
  })

  it('announcements are lines for people, and one line of JSON on a pipe', () => {
    const [terminal, pipe] = [recordedIo({ columns: 80 }), recordedIo()]
    for (const { io } of [terminal, pipe]) writeAnnouncement(io.stdout, ['for', 'people'], { port: 1 })
    assert.equal(terminal.written.stdout, 'for\npeople\n')
    assert.equal(pipe.written.stdout, '{"port":1}\n')
  })

  it('megabytes are millions of bytes', () => {
    assert.equal(megabytes(12_345_678), '12.3 MB')
  })
})

describe('progress over models', () => {
  it('is a line for every tenth on a pipe', () => {
    const { io, written } = recordedIo()
    const { onProgress, clear } = trainProgress(io.stderr)
    for (let done = 1; done <= 25; done++) onProgress(done, 25, 'x')
    clear()
    const lines = written.stderr.trim().split('\n')
    assert.deepEqual(
      lines.map((line) => Number.parseInt(line, 10)),
      [3, 5, 8, 10, 13, 15, 18, 20, 23, 25],
    )
    assert.equal(lines[0], '3 of 25 models trained')
  })

  it('says nothing before the first tenth, and what is done', () => {
    const { io, written } = recordedIo()
    const { onProgress } = countProgress(io.stderr, 'merged')
    onProgress(9, 100, 'x')
    assert.equal(written.stderr, '')
    onProgress(10, 100, 'x')
    onProgress(10, 100, 'x')
    assert.equal(written.stderr, '10 of 100 models merged\n')
  })

  it('is a bar on a terminal, which is removed', () => {
    const { io, written } = recordedIo({ columns: 80 })
    const { onProgress, clear } = countProgress(io.stderr, 'merged')
    onProgress(1, 4, 'acpi/A_0')
    assert.match(written.stderr, / 25% 1 of 4 models, acpi\/A_0/)
    assert.doesNotMatch(written.stderr, /merged/)
    const before = written.stderr.length
    clear()
    assert.ok(written.stderr.length > before)
  })
})

describe('settings of a command', () => {
  it('warn once of what was given and is not used', () => {
    const { io, written } = recordedIo({ environment: { MODEL_CONFIG: 'MODEL_SERVR_URL=x' } })
    io.loadConfig()
    io.loadConfig()
    assert.equal(written.stderr.match(/^warning: .*MODEL_SERVR_URL/gm)?.length, 1)
  })

  it('or tell whoever asks', () => {
    const { io, written } = recordedIo({ environment: { MODEL_CONFIG: 'MODEL_SERVR_URL=x' } })
    const told: string[] = []
    io.loadConfig({}, (warning) => told.push(warning))
    assert.equal(told.length, 1)
    assert.equal(written.stderr, '')
  })

  it('are those of the process where nobody says otherwise', () => {
    const before = process.env.MODEL_SERVER_PORT
    process.env.MODEL_SERVER_PORT = '4321'
    try {
      assert.equal(settingsIo({ write: () => {} }).loadConfig().MODEL_SERVER_PORT, 4321)
    } finally {
      if (before === undefined) delete process.env.MODEL_SERVER_PORT
      else process.env.MODEL_SERVER_PORT = before
    }
  })

  it('are those of the environment below the options that were given', () => {
    const { io } = recordedIo({ environment: { MODEL_SERVER_PORT: '1', DATAPATH: '/a' } })
    const { MODEL_SERVER_PORT, DATAPATH } = io.loadConfig({ MODEL_SERVER_PORT: '2' })
    assert.deepEqual([MODEL_SERVER_PORT, DATAPATH], [2, '/a'])
    const shown = io
      .showConfig({ MODEL_SERVER_PORT: '2' })
      .filter(({ key }) => /^(DATAPATH|MODEL_SERVER_PORT)$/.test(key))
    assert.deepEqual(Object.fromEntries(shown.map(({ key, value }) => [key, value])), {
      ...{ DATAPATH: '"/a"', MODEL_SERVER_PORT: '"2"' },
    })
  })
})

describe('exit codes', () => {
  it('are those of the documentation', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code)
    assert.deepEqual(codes, [0, 1, 2, 69, 130, 143])
    assert.ok(Object.isFrozen(exitCodes))
    assert.ok(Object.values(exitCodes).every(({ meaning }) => meaning.length > 3))
  })

  it('of every kind of failure', () => {
    const running = new AbortController().signal
    const codeOf = (code: ConstructorParameters<typeof ModelError>[0]) => exitCodeOf(new ModelError(code, ''), running)
    assert.deepEqual((['INVALID_REQUEST', 'INVALID_CONFIG'] as const).map(codeOf), [2, 2])
    assert.deepEqual((['NO_MODEL', 'INVALID_ARCHIVE', 'INVALID_DATA'] as const).map(codeOf), [1, 1, 1])
    assert.deepEqual((['SHAPE_MISMATCH', 'LIMIT_EXCEEDED', 'CANCELLED'] as const).map(codeOf), [1, 1, 1])
    assert.equal(codeOf('UNAVAILABLE'), 69)
    assert.equal(exitCodeOf('a text', running), 1)
    // Whatever failed then: a signal came first.
    assert.equal(exitCodeOf(new Error('late'), AbortSignal.abort('SIGTERM')), 143)
    assert.equal(exitCodeOf(new Error('late'), AbortSignal.abort('SIGINT')), 130)
  })
})

describe('keyPresses', () => {
  function terminal(isTTY: boolean) {
    const stream = new PassThrough()
    const raw: boolean[] = []
    return { raw, input: Object.assign(stream, { isTTY, setRawMode: (on: boolean) => raw.push(on) }) }
  }

  it('gives keys one by one, an arrow as one, without Enter', async () => {
    const { input, raw } = terminal(true)
    const { onKey, close } = keyPresses(input)
    assert.deepEqual(raw, [true])
    const seen: string[] = []
    onKey((key) => seen.push(key))
    input.write('pz')
    input.write('\u001b[A')
    input.write('é')
    await new Promise(setImmediate)
    assert.deepEqual(seen, ['p', 'z', '\u001b[A', 'é'])
    close()
    assert.deepEqual(raw, [true, false])
    assert.equal(input.listenerCount('data'), 0)
    assert.ok(input.isPaused())
  })

  it('leaves what is no terminal alone', () => {
    for (const input of [terminal(false).input, new PassThrough(), Object.assign(new PassThrough(), { isTTY: true })]) {
      const { onKey, close } = keyPresses(input)
      onKey(() => assert.fail('nobody presses keys'))
      assert.equal(input.listenerCount('data'), 0)
      assert.equal(input.readableFlowing, null)
      close()
      assert.ok(!input.isPaused())
    }
  })
})
