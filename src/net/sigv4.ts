import type { AwsCredentials } from './aws-credentials.js'

export interface SigV4Options {
  readonly region: string
  /** The name that the service signs under, `aps` for Amazon Managed Service for Prometheus. */
  readonly service: string
  /** Asked for each request. @throws what the request then fails with */
  readonly credentials: () => Promise<AwsCredentials>
  /** Milliseconds since the epoch: a signature is valid for some minutes. */
  readonly clock: () => number
}

/** The headers that a GET of a URL is sent with. */
export type Signer = (url: URL) => Promise<Readonly<Record<string, string>>>

/** Signs requests as AWS wants them: Signature Version 4. */
export function sigV4Signer({ region, service, credentials, clock }: SigV4Options): Signer {
  return async (url) => {
    // Loaded when it is needed, which is nowhere but at Amazon.
    const { AwsV4Signer } = await import('aws4fetch')
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials()
    const datetime = new Date(clock()).toISOString().replace(/[:-]|\.\d{3}/g, '')
    const signer = new AwsV4Signer({
      url: url.href,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
      service,
      region,
      datetime,
    })
    return Object.fromEntries((await signer.sign()).headers)
  }
}
