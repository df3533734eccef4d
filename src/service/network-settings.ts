import type { Config } from '../config/config.js'
import { errorIn, ModelError } from '../core/errors.js'
import type { NetworkOptions } from '../net/network.js'
import { secureContext, type TlsSettings } from '../net/tls.js'
import { settingFile } from './setting-file.js'

/**
 * How the settings say that other servers are reached.
 *
 * @throws ModelError `INVALID_CONFIG` when `CA_FILE` cannot be used
 */
export async function networkSettings(config: Config): Promise<NetworkOptions> {
  const tls = async () => trustedAuthorities(config)
  await expectUsable(tls, 'CA_FILE')
  return {
    httpProxy: config.HTTP_PROXY,
    httpsProxy: config.HTTPS_PROXY,
    noProxy: config.NO_PROXY,
    connectTimeout: config.CONNECT_TIMEOUT,
    tls,
  }
}

/** Authorities that are trusted besides those that Node has. */
export async function trustedAuthorities({ CA_FILE }: Config): Promise<TlsSettings> {
  return CA_FILE === undefined ? {} : { extraCa: await settingFile(CA_FILE, 'CA_FILE') }
}

/** Certificates are read again while a program runs, and looked at when it starts. */
export async function expectUsable(tls: () => Promise<TlsSettings>, field: string): Promise<void> {
  const settings = await tls()
  try {
    secureContext(settings)
  } catch (error) {
    throw error instanceof ModelError ? errorIn(field, error, field) : error
  }
}
