import { ByteScanner } from './byte-scanner.js'

/** What is needed of `/proc/<pid>/stat`. */
export interface ProcessStat {
  /** Where the name begins and ends in the bytes. */
  nameStart: number
  nameEnd: number
  /** Ticks of user and system time, all its threads together. */
  ticks: number
  /** Ticks since the boot when it started: together with its number it names a process for good. */
  startTicks: number
}

export function processStat(): ProcessStat {
  return { nameStart: 0, nameEnd: 0, ticks: 0, startTicks: 0 }
}

const openingParenthesis = 40
const closingParenthesis = 41
/** The 3rd field follows the name; user time is the 14th, the start the 22nd. */
const wordsToUserTime = 11
const wordsToStart = 6

const scanner = new ByteScanner()

/**
 * Reads `/proc/<pid>/stat`. The name stands in parentheses and may hold anything, spaces, newlines and parentheses
 * too: it ends at the last one.
 *
 * @returns false when the file is torn or of no known form
 */
export function readProcessStat(bytes: Buffer, length: number, into: ProcessStat): boolean {
  if (length <= 0) return false
  const opened = bytes.indexOf(openingParenthesis)
  const closed = bytes.lastIndexOf(closingParenthesis, length - 1)
  if (opened < 0 || closed < opened) return false
  scanner.reset(bytes, closed + 1, length)
  for (let word = 0; word < wordsToUserTime; word++) scanner.skipWord()
  const user = scanner.number()
  const system = scanner.number()
  for (let word = 0; word < wordsToStart; word++) scanner.skipWord()
  const start = scanner.number()
  // Where one number is missing, so are those behind it. A number at the very end may be half of one.
  if (start < 0 || scanner.at >= length) return false
  into.nameStart = opened + 1
  into.nameEnd = closed
  into.ticks = user + system
  into.startTicks = start
  return true
}
