import { bufferSource } from './byte-source.js'
import { joinEntries, packEntry } from './join-entries.js'
import { modelZipLimits, type ZipLimits } from './limits.js'
import { openZip } from './zip.js'

/**
 * A copy of the zip in which one entry has other content; it is added where it was missing. The packed bytes of all others
 * are copied as they are, so that a large archive costs no more than a copy. The same input gives the same bytes.
 *
 * @throws ModelError as {@link openZip} does
 */
export function replaceEntry(
  zip: Uint8Array,
  name: string,
  content: Uint8Array,
  limits: ZipLimits = modelZipLimits,
): Buffer {
  const source = openZip(bufferSource(zip), limits)
  const modified = source.entries.get(name)?.modified ?? 0x00210000
  const entry = packEntry(name, content, { modified, level: 9 })
  const entries = [...source.entries.values()].map((other) =>
    other.name === name ? entry : { entry: other, packed: source.readPacked(other) },
  )
  return joinEntries(source.entries.has(name) ? entries : [...entries, entry])
}
