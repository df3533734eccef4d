import type { TargetedInputEvent } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  readonly type?: 'text' | 'search' | 'number' | 'password'
  readonly placeholder?: string
  /** Values to choose from while typing. */
  readonly suggestions?: readonly string[]
  readonly wide?: boolean
}

/** A labelled input. */
export function Field({ label, value, onValue, type = 'text', placeholder, suggestions, wide }: FieldProps) {
  const id = useId()
  const common = {
    value,
    placeholder,
    autocomplete: 'off' as const,
    spellcheck: false,
    onInput: (event: TargetedInputEvent<HTMLInputElement>) => onValue(event.currentTarget.value),
  }
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: one of the inputs is always there
    <label class={wide ? 'field wide' : 'field'}>
      <span>{label}</span>
      {type === 'number' && <input type="number" min={0} step="any" {...common} />}
      {type === 'password' && <input type="password" {...common} />}
      {type === 'search' && <input type="search" dir="auto" {...common} />}
      {type === 'text' && <input type="text" dir="auto" list={suggestions ? `${id}-list` : undefined} {...common} />}
      {suggestions && (
        <datalist id={`${id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly onValue: (value: string) => void
  /** What the empty value is called; absent where there is none. */
  readonly none?: string
  readonly values: readonly string[]
}

/** A labelled choice of one of several values. */
export function Choice({ label, value, onValue, none, values }: ChoiceProps) {
  const all = value === '' || values.includes(value) ? values : [value, ...values]
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {none !== undefined && <option value="">{none}</option>}
        {all.map((one) => (
          <option key={one} value={one}>
            {one.length > 60 ? `${one.slice(0, 60)}…` : one}
          </option>
        ))}
      </select>
    </label>
  )
}
