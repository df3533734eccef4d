import { useState } from 'preact/hooks'
import type { OnlineJson, VersionJson } from '../../api/online-answers.js'
import { ConfirmDialog } from '../parts/confirm-dialog.js'
import { Notice } from '../parts/notice.js'
import { type Column, Table } from '../parts/table.js'
import { ask } from '../state/server.js'
import { bytes, time } from '../text/format.js'

/** What is to be confirmed: an earlier version, or the end of the pin. */
type Change = { readonly rollBackTo: number } | 'unpin'

interface VersionsProps {
  readonly online: OnlineJson
  readonly onChange: (next: OnlineJson) => void
}

/** The versions that are kept, and for who has the token the way back to each. */
export function Versions({ online, onChange }: VersionsProps) {
  const [wanted, setWanted] = useState<Change>()
  const [said, setSaid] = useState('')
  const { versions, pinned, can_change } = online

  const change = async (token: string) => {
    if (wanted === undefined) return
    const next =
      wanted === 'unpin'
        ? await ask<OnlineJson>('api/v1/online/unpin', { body: {}, token })
        : await ask<OnlineJson>('api/v1/online/rollback', { body: { version: wanted.rollBackTo }, token })
    setWanted(undefined)
    setSaid(wanted === 'unpin' ? 'The pin is released.' : `Version ${wanted.rollBackTo} is served again and pinned.`)
    onChange(next)
  }

  const columns: readonly Column<VersionJson>[] = [
    { title: 'Version', numeric: true, cell: ({ version }) => version },
    { title: 'Published', cell: ({ published }) => time(published) },
    {
      title: 'State',
      cell: ({ version, served }) => (
        <>
          {served && <span class="badge certain">served</span>}{' '}
          {pinned?.version === version && <span class="badge likely">pinned</span>}
        </>
      ),
    },
    { title: 'Size', numeric: true, minor: true, cell: (version) => bytes(version.bytes) },
    { title: 'Why', minor: true, cell: ({ why }) => <bdi class="text">{why ?? ''}</bdi> },
    ...(can_change
      ? [
          {
            title: 'Go back',
            cell: ({ version, served }: VersionJson) =>
              served ? (
                ''
              ) : (
                <button
                  type="button"
                  aria-label={`Roll back to version ${version}`}
                  onClick={() => setWanted({ rollBackTo: version })}
                >
                  Roll back
                </button>
              ),
          },
        ]
      : []),
  ]

  if (versions.length === 0) return <p>Nothing was published yet.</p>
  return (
    <>
      <p class="said" role="status">
        {said}
      </p>
      {pinned && (
        <Notice kind="info">
          <p>Version {pinned.version} is pinned: the trainer publishes nothing over it.</p>
          {can_change && (
            <button type="button" onClick={() => setWanted('unpin')}>
              Release the pin
            </button>
          )}
        </Notice>
      )}
      <Table
        caption="Versions, the newest first"
        columns={columns}
        rows={versions}
        keyOf={({ version }) => String(version)}
        isMarked={({ served }) => served}
      />
      {!can_change && (
        <p class="hint">
          To go back to a version from here, start the server with <code>MODEL_SERVER_TOKEN</code>; on the machine
          itself, <code>kepler-model versions --rollback</code> does it.
        </p>
      )}
      {wanted !== undefined && (
        <ConfirmDialog
          title={wanted === 'unpin' ? 'Release the pin?' : `Roll back to version ${wanted.rollBackTo}?`}
          confirm={wanted === 'unpin' ? 'Release the pin' : 'Roll back'}
          onConfirm={change}
          onCancel={() => setWanted(undefined)}
        >
          {wanted === 'unpin'
            ? 'The online trainer publishes again as soon as it has something better.'
            : 'All machines that ask this server get its models from now on. It is pinned: the online trainer publishes nothing until the pin is released.'}
        </ConfirmDialog>
      )}
    </>
  )
}
