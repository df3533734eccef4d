import { messageOf } from '../core/errors.js'
import type { SystemFiles } from '../machine/system-files.js'

/** How a cloud that does not tell the type of an instance in its firmware tells it: by a service of the link itself. */
interface MetadataService {
  readonly cloud: string
  /** Whether this machine's firmware says that it is of this cloud. */
  readonly isHere: (dmi: (name: string) => string) => boolean
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

const services: readonly MetadataService[] = [
  {
    cloud: 'Google',
    isHere: (dmi) => dmi('product_name') === 'Google Compute Engine',
    path: '/computeMetadata/v1/instance/machine-type',
    headers: { 'metadata-flavor': 'Google' },
  },
  {
    cloud: 'Azure',
    // Every machine of Azure has this tag, and no other machine of Hyper-V.
    isHere: (dmi) => dmi('chassis_asset_tag') === '7783-7084-3265-9085-8269-3286-77',
    path: '/metadata/instance/compute/vmSize?api-version=2021-02-01&format=text',
    headers: { metadata: 'true' },
  },
]

/** Both clouds have it at this address, which no router passes on. */
const linkLocal = 'http://169.254.169.254'
const timeout = 2000
/** Google answers `projects/<number>/machineTypes/<type>`. */
const longestAnswer = 512

export interface CloudInstanceOptions {
  readonly files: SystemFiles
  readonly fetch: typeof fetch
  /** @default the address of the link */
  readonly address?: string
}

/** The type of the instance that this machine is, or why it is not known. */
export type AskedInstance = { readonly instance: string } | { readonly why: string }

/**
 * Asks the metadata service of the cloud for the type of this instance: only where the firmware says which cloud it is, one
 * request of two seconds at most, without redirects. Never throws.
 */
export async function askCloudInstance({
  files,
  fetch,
  address = linkLocal,
}: CloudInstanceOptions): Promise<AskedInstance> {
  const dmi = (name: string) => files.read(`/sys/class/dmi/id/${name}`)?.trim() ?? ''
  const service = services.find(({ isHere }) => isHere(dmi))
  if (service === undefined) return { why: 'the firmware names no cloud whose metadata service tells instance types' }
  const { cloud, path, headers } = service
  try {
    const answer = await fetch(address + path, { headers, redirect: 'error', signal: AbortSignal.timeout(timeout) })
    if (!answer.ok) return { why: `${cloud}'s metadata service answered ${answer.status}` }
    const text = await beginOf(answer)
    const instance = text.trim().split('/').at(-1) ?? ''
    if (/^[A-Za-z0-9_-]{1,64}$/.test(instance)) return { instance }
    return { why: `${cloud}'s metadata service named no type of an instance` }
  } catch (error) {
    return { why: `${cloud}'s metadata service cannot be asked: ${messageOf(error)}` }
  }
}

/** The text of an answer, and nothing of one that is too long. */
async function beginOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > longestAnswer) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
