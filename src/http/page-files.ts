import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The page as it was built: `index.html`, and assets whose names hold a hash of what is in them. */
export interface PageFiles {
  /** Sends `index.html`. */
  sendIndex(request: FastifyRequest, reply: FastifyReply): FastifyReply
  /** Sends an asset; `undefined` when there is none of that name. */
  sendAsset(name: string, request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined
}

interface PageFile {
  readonly type: string
  readonly etag: string
  readonly plain: Buffer
  /** Compressed when it was built. */
  readonly packed: ReadonlyMap<Encoding, Buffer>
}

type Encoding = 'br' | 'gzip'

const encodings: readonly (readonly [Encoding, suffix: string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
]

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/**
 * Nothing but the files beside it and the routes of its own server: no script or style in the document, no other host, no
 * form that leaves the page, no frame around it.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const common = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Reads a built page into memory; `undefined` when the folder has none. */
export function readPageFiles(folder: string): PageFiles | undefined {
  const files = readFiles(folder)
  const index = files.get('index.html')
  if (!index) return undefined
  return {
    sendIndex: (request, reply) => send(index, request, reply.header('cache-control', 'no-cache')),
    sendAsset(name, request, reply) {
      const file = files.get(name)
      return file && send(file, request, reply.header('cache-control', 'public, max-age=31536000, immutable'))
    },
  }
}

function readFiles(folder: string): ReadonlyMap<string, PageFile> {
  const names = namesIn(folder)
  return new Map(
    names.flatMap((name): [string, PageFile][] => {
      const type = types[extname(name)]
      if (type === undefined) return []
      const plain = readFileSync(join(folder, name))
      const packed = encodings.flatMap(([encoding, suffix]): [Encoding, Buffer][] =>
        names.includes(name + suffix) ? [[encoding, readFileSync(join(folder, name + suffix))]] : [],
      )
      const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 20)}"`
      return [[name, { type, etag, plain, packed: new Map(packed) }]]
    }),
  )
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    // It was not built, as in a checkout.
    return []
  }
}

function send({ type, etag, plain, packed }: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.headers({ ...common, etag, vary: 'accept, accept-encoding' }).type(type)
  if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  const accepted = request.headers['accept-encoding'] ?? ''
  const encoding = encodings.map(([name]) => name).find((name) => accepts(accepted, name) && packed.has(name))
  const body = encoding && packed.get(encoding)
  return body ? reply.header('content-encoding', encoding).send(body) : reply.send(plain)
}

function accepts(header: string, encoding: Encoding): boolean {
  return header.split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    return name.toLowerCase() === encoding && !parameters.some((text) => /^q=0(\.0*)?$/i.test(text))
  })
}
