import { ModelError, quote } from '../core/errors.js'
import { Byte, needMore, skipSpace } from '../json/bytes.js'
import { type Cursor, fail, found, maxUnitBytes, readString } from './cursor.js'
import { type LabelKeeper, type Labels, readLabels } from './labels.js'
import { type NoticeKind, partialAnswer } from './notices.js'
import { readSamples, type SampleBuffer } from './samples.js'
import { skipper } from './skip.js'

/** Who takes what the scanner finds. */
export interface ScanSink {
  /** A metric that the response names, with or without series. */
  metric(name: string): void
  /** Whether samples of this metric are to be read; called once a series. */
  wants(metric: string): boolean
  /** A whole series. The buffer is used again for the next one: copy what is to stay. */
  series(metric: string, labels: Labels, samples: SampleBuffer): void
  /** A series that nobody wanted. */
  passed(metric: string): void
  /** What the server says of its answer. */
  notice(kind: NoticeKind, text: string): void
}

export interface Scanner {
  /** Takes the next bytes, a chunk of any size. The chunk may be used again after the call. */
  write(chunk: Uint8Array): void
  /** @throws ModelError `INVALID_DATA` when the response is not complete */
  end(): void
  /** Bytes taken so far. */
  readonly bytes: number
}

const State = {
  Start: 0,
  Key: 1,
  FirstKey: 2,
  AfterValue: 3,
  Series: 4,
  FirstSeries: 5,
  AfterSeries: 6,
  Labels: 7,
  FirstSample: 8,
  Samples: 9,
  Skip: 10,
  Text: 11,
  FirstNotice: 12,
  Notice: 13,
  AfterNotice: 14,
  Done: 15,
} as const

/** The objects whose keys are read. */
const Level = { Root: 0, Data: 1, Series: 2 } as const

const letterT = 't'.charCodeAt(0)

/**
 * A state machine over the bytes of a Prometheus response, saved (`{metric: [series]}`) or as `query_range` answers
 * (`{"data": {"result": [series]}}`). It never holds more than one unit (a sample, a label set) across chunks.
 *
 * @param unnamed the metric of series without a name
 */
export function responseScanner(sink: ScanSink, keeper: LabelKeeper, samples: SampleBuffer, unnamed?: string): Scanner {
  const cursor: Cursor = { bytes: Buffer.alloc(0), pos: 0, end: 0, base: 0, metric: '', labels: undefined }
  const skipped = skipper(cursor)
  const seenKeys: Set<string>[] = [new Set(), new Set(), new Set()]
  let rest: Buffer[] = []
  let restBytes = 0
  let enough = 0
  let state: number = State.Start
  let level: number = Level.Root
  /** Where the list of series that is being read stands. */
  let listLevel: number = Level.Root
  let key = ''
  let labels: Labels | undefined
  let wanted = true
  let status = ''
  let problem = ''

  return {
    get bytes() {
      return cursor.base + restBytes
    },
    write(chunk) {
      if (chunk.length === 0) return
      if (rest.length === 0) return run(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length))
      // Looking again only when there is twice as much keeps tiny chunks from costing the square of a unit.
      rest.push(Buffer.from(chunk))
      restBytes += chunk.length
      if (restBytes >= enough) runRest()
    },
    end() {
      runRest()
      if (state !== State.Done) fail(cursor, restBytes, 'the response is cut off', { reason: 'truncated' })
      if (status === 'error') throw new ModelError('INVALID_DATA', `Prometheus answered an error: ${quote(problem)}`)
    },
  }

  function runRest(): void {
    if (restBytes === 0) return
    const bytes = rest.length === 1 ? rest[0]! : Buffer.concat(rest, restBytes)
    rest = []
    restBytes = 0
    run(bytes)
  }

  function run(bytes: Buffer): void {
    cursor.bytes = bytes
    cursor.pos = 0
    cursor.end = bytes.length
    while (step()) {}
    const left = cursor.end - cursor.pos
    cursor.base += cursor.pos
    if (left > maxUnitBytes * 2) fail(cursor, 0, `something longer than ${maxUnitBytes} bytes begins`)
    if (left > 0) rest.push(Buffer.from(bytes.subarray(cursor.pos, cursor.end)))
    restBytes = left
    enough = left * 2
    cursor.bytes = Buffer.alloc(0)
    cursor.pos = 0
    cursor.end = 0
  }

  /** One move of the machine. @returns false when more bytes are needed */
  function step(): boolean {
    if (state === State.Samples) return stepSamples()
    if (state === State.Skip) {
      if (skipped.skip() === needMore) return false
      state = State.AfterValue
      return true
    }
    cursor.pos = skipSpace(cursor.bytes, cursor.pos, cursor.end)
    if (cursor.pos >= cursor.end) return false
    const byte = cursor.bytes[cursor.pos]!
    switch (state) {
      case State.Start:
        expect(byte, Byte.OpenObject, 'an object')
        return enterObject(Level.Root)
      case State.FirstKey:
        if (byte === Byte.CloseObject) return leaveObject()
        return stepKey()
      case State.Key:
        return stepKey()
      case State.AfterValue:
        if (byte === Byte.CloseObject) return leaveObject()
        expect(byte, Byte.Comma, "',' or '}'")
        return move(State.Key)
      case State.FirstSeries:
        if (byte === Byte.CloseList) return leaveList()
        return beginSeries(byte)
      case State.Series:
        return beginSeries(byte)
      case State.AfterSeries:
        if (byte === Byte.CloseList) return leaveList()
        expect(byte, Byte.Comma, "',' or ']' after a series")
        return move(State.Series)
      case State.Labels:
        return stepLabels()
      case State.FirstSample:
        if (byte === Byte.CloseList) return move(State.AfterValue)
        state = State.Samples
        samples.afterSample = false
        return true
      case State.Text:
        return stepText()
      case State.FirstNotice:
        if (byte === Byte.CloseList) return leaveList()
        // A saved response may have a metric of this name.
        if (byte === Byte.OpenObject) return beginMetric() && beginSeries(byte)
        return stepNotice(byte)
      case State.Notice:
        return stepNotice(byte)
      case State.AfterNotice:
        if (byte === Byte.CloseList) return leaveList()
        expect(byte, Byte.Comma, "',' or ']' after a text")
        return move(State.Notice)
      default:
        return fail(cursor, cursor.pos, `expected nothing more behind the response, found ${found(cursor, cursor.pos)}`)
    }
  }

  /** A key with its colon, and the first byte of its value, which says how to go on. */
  function stepKey(): boolean {
    const start = cursor.pos
    const name = readString(cursor, start)
    if (name === undefined) return false
    let p = skipSpace(cursor.bytes, cursor.pos, cursor.end)
    if (p < cursor.end && cursor.bytes[p] !== Byte.Colon) {
      fail(cursor, p, `expected ':' after ${quote(name)}, found ${found(cursor, p)}`)
    }
    p = skipSpace(cursor.bytes, p + 1, cursor.end)
    if (p >= cursor.end) {
      cursor.pos = start
      return false
    }
    const keys = seenKeys[level]!
    if (keys.has(name)) fail(cursor, start, `${quote(name)} appears twice`)
    keys.add(name)
    key = name
    cursor.pos = p
    const byte = cursor.bytes[p]!
    if (level === Level.Series) return enterSeriesValue(byte)
    if (level === Level.Data) return enterDataValue(byte)
    return enterRootValue(byte)
  }

  function enterRootValue(byte: number): boolean {
    if (key === 'data' && byte === Byte.OpenObject) return enterObject(Level.Data)
    if ((key === 'status' || key === 'error') && byte === Byte.Quote) return turn(State.Text)
    if (key === 'isPartial' && byte === letterT) sink.notice('warnings', partialAnswer)
    if (byte !== Byte.OpenList) return skipValue()
    if (key === 'warnings' || key === 'infos') return move(State.FirstNotice)
    beginMetric()
    return enterList()
  }

  function beginMetric(): true {
    cursor.metric = key
    listLevel = level
    sink.metric(key)
    return true
  }

  function stepNotice(byte: number): boolean {
    expect(byte, Byte.Quote, 'a text')
    const text = readString(cursor, cursor.pos)
    if (text === undefined) return false
    sink.notice(key === 'infos' ? 'infos' : 'warnings', text)
    return turn(State.AfterNotice)
  }

  function enterDataValue(byte: number): boolean {
    if (key === 'resultType' && byte === Byte.Quote) return turn(State.Text)
    if (key !== 'result') return skipValue()
    expect(byte, Byte.OpenList, 'a list of series')
    return enterList()
  }

  function enterSeriesValue(byte: number): boolean {
    if (key === 'metric') return turn(State.Labels)
    if (key !== 'values') return skipValue()
    expect(byte, Byte.OpenList, 'a list of samples')
    if (labels !== undefined || listLevel === Level.Root) wanted = sink.wants(cursor.metric)
    move(wanted ? State.FirstSample : State.Skip)
    if (!wanted) skipped.beginSamples()
    return true
  }

  function stepLabels(): boolean {
    labels = readLabels(cursor, keeper)
    if (labels === undefined) return false
    if (listLevel === Level.Data) {
      const name = labels.__name__ ?? unnamed
      if (name === undefined) fail(cursor, cursor.pos, 'a series without the label __name__')
      cursor.metric = name
    }
    cursor.labels = labels
    return turn(State.AfterValue)
  }

  function stepSamples(): boolean {
    if (readSamples(cursor, samples) === needMore) return false
    return move(State.AfterValue)
  }

  function stepText(): boolean {
    const text = readString(cursor, cursor.pos)
    if (text === undefined) return false
    if (key === 'status') status = text
    else if (key === 'error') problem = text
    else if (text !== 'matrix') {
      fail(cursor, cursor.pos, `resultType ${quote(text)} has no history (ask query_range, which answers "matrix")`)
    }
    return turn(State.AfterValue)
  }

  function beginSeries(byte: number): boolean {
    expect(byte, Byte.OpenObject, 'a series {"metric": ..., "values": ...}')
    if (listLevel === Level.Data) cursor.metric = ''
    labels = undefined
    wanted = true
    samples.count = 0
    return enterObject(Level.Series)
  }

  function endSeries(): boolean {
    if (labels === undefined) fail(cursor, cursor.pos, 'a series without "metric"')
    const metric = cursor.metric
    // A series may name its metric behind its samples; then only now is it known whether they are wanted.
    if (wanted && sink.wants(metric)) sink.series(metric, labels, samples)
    else sink.passed(metric)
    level = listLevel
    cursor.labels = undefined
    return move(State.AfterSeries)
  }

  function enterObject(next: number): boolean {
    level = next
    if (next !== Level.Root) seenKeys[next]!.clear()
    return move(State.FirstKey)
  }

  function leaveObject(): boolean {
    if (level === Level.Series) return endSeries()
    if (level === Level.Root) return move(State.Done)
    level = Level.Root
    return move(State.AfterValue)
  }

  function enterList(): boolean {
    listLevel = level
    return move(State.FirstSeries)
  }

  function leaveList(): boolean {
    cursor.metric = ''
    return move(State.AfterValue)
  }

  function skipValue(): boolean {
    skipped.begin()
    return turn(State.Skip)
  }

  function turn(next: number): boolean {
    state = next
    return true
  }

  function move(next: number): boolean {
    cursor.pos++
    return turn(next)
  }

  function expect(byte: number, wantedByte: number, what: string): void {
    if (byte !== wantedByte) fail(cursor, cursor.pos, `expected ${what}, found ${found(cursor, cursor.pos)}`)
  }
}
