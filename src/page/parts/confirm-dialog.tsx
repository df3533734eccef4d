import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Field } from './field.js'
import { Notice } from './notice.js'

interface ConfirmDialogProps {
  readonly title: string
  /** What the button says. */
  readonly confirm: string
  /** @param token who may do it; kept nowhere else */
  readonly onConfirm: (token: string) => Promise<void>
  readonly onCancel: () => void
  readonly children: ComponentChildren
}

/** Asks before something is changed, for the token too. The browser keeps the focus in it, and gives it back. */
export function ConfirmDialog({ title, confirm, onConfirm, onCancel, children }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [token, setToken] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    dialog.current?.showModal()
    return () => dialog.current?.close()
  }, [])

  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    try {
      await onConfirm(token)
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause))
      setBusy(false)
    }
  }
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onCancel}>
      <form onSubmit={submit}>
        <h2 id="dialog-title">{title}</h2>
        <p>{children}</p>
        <Field label="Token (MODEL_SERVER_TOKEN)" type="password" value={token} onValue={setToken} />
        {error !== undefined && (
          <Notice kind="error">
            <p>{error}</p>
          </Notice>
        )}
        <div class="actions">
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={token === '' || busy}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  )
}
