import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { writeFileAtomicSync } from '../runtime/atomic-file.js'

/** What a server said of a version of a file, to ask for the rest of it or whether there is a newer one. */
const validators = z.object({ etag: z.string().max(1024).optional(), lastModified: z.string().max(256).optional() })
export type Validators = Readonly<z.infer<typeof validators>>

const document = z.object({
  url: z.string(),
  /** Of the whole file. */
  complete: validators.optional(),
  /** Of the part that is there. */
  partial: validators.optional(),
})

/** Stands beside a downloaded file. */
export type DownloadState = Readonly<z.infer<typeof document>>

/** The state of a download of `url`; empty when there is none or it is of another URL. */
export function readDownloadState(path: string, url: string): DownloadState {
  try {
    const state = document.parse(JSON.parse(readFileSync(path, 'utf8')))
    return state.url === url ? state : { url }
  } catch {
    // Absent or damaged: the file is asked for as if for the first time.
    return { url }
  }
}

/** Not synced: without it the file is asked for as if for the first time. */
export function writeDownloadState(path: string, state: DownloadState): void {
  writeFileAtomicSync(path, JSON.stringify(state), { sync: false })
}
