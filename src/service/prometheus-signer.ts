import type { Config } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import {
  type AwsCredentialSource,
  containerCredentials,
  keptCredentials,
  webIdentityCredentials,
} from '../net/aws-credentials.js'
import { createNetwork, type Network, type NetworkOptions } from '../net/network.js'
import { type Signer, sigV4Signer } from '../net/sigv4.js'
import { secretFile } from './setting-file.js'

/**
 * Who signs requests to `PROM_SERVER`, where the settings say that they are signed.
 *
 * @param network how the Security Token Service is reached
 * @throws ModelError `INVALID_CONFIG` when there are no credentials
 */
export function prometheusSigner(config: Config, network: NetworkOptions): Signer | undefined {
  const { PROM_SIGV4_REGION: region } = config
  if (region === undefined) return undefined
  return sigV4Signer({ region, service: 'aps', credentials: credentialsOf(config, region, network), clock: Date.now })
}

function credentialsOf(config: Config, region: string, options: NetworkOptions): AwsCredentialSource {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config
  const { AWS_ROLE_ARN: roleArn, AWS_WEB_IDENTITY_TOKEN_FILE: identityFile } = config
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile } = config
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return async () => ({ accessKeyId, secretAccessKey, sessionToken: config.AWS_SESSION_TOKEN })
  }
  if (roleArn !== undefined && identityFile !== undefined) {
    const endpoint = config.AWS_ENDPOINT_URL_STS ?? securityTokenService(region)
    const token = () => secretFile(identityFile, 'AWS_WEB_IDENTITY_TOKEN_FILE')
    const ask = (network: Network) => webIdentityCredentials({ network, endpoint, roleArn, token })()
    return keptCredentials(() => withNetwork(options, ask), Date.now)
  }
  if (url !== undefined) {
    const token =
      tokenFile === undefined ? undefined : () => secretFile(tokenFile, 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')
    const { connectTimeout } = options
    const ask = (network: Network) => containerCredentials({ network, url, token })()
    return keptCredentials(() => withNetwork({ connectTimeout }, ask), Date.now)
  }
  const message =
    'PROM_SIGV4_REGION needs credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE, or AWS_CONTAINER_CREDENTIALS_FULL_URI'
  throw new ModelError('INVALID_CONFIG', message, { field: 'PROM_SIGV4_REGION' })
}

/** Credentials are asked for some times a day: no connection is kept for them. */
async function withNetwork<T>(options: NetworkOptions, use: (network: Network) => Promise<T>): Promise<T> {
  const network = createNetwork(options)
  try {
    return await use(network)
  } finally {
    await network.close()
  }
}

function securityTokenService(region: string): string {
  return `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}
