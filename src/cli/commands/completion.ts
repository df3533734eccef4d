import { Argument, type Command } from 'commander'
import { commandTree } from '../help/command-tree.js'
import { bashCompletion, fishCompletion, zshCompletion } from '../help/completion-scripts.js'
import { describedCommand } from '../help/described-command.js'
import type { CliIo } from '../terminal/io.js'

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }

/** `kepler-model completion`: a script for the user's shell, made from the commands that there are. */
export function completionCommand(io: CliIo, program: () => Promise<Command>): Command {
  return describedCommand({
    name: 'completion',
    group: 'help',
    summary: 'print a completion script for bash, zsh or fish',
    examples: [
      ['kepler-model completion bash > /etc/bash_completion.d/kepler-model', 'for bash'],
      ['kepler-model completion zsh > ~/.zsh/completions/_kepler-model', 'for zsh'],
      ['kepler-model completion fish > ~/.config/fish/completions/kepler-model.fish', 'for fish'],
    ],
  })
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(Object.keys(scripts)))
    .action(async (shell: keyof typeof scripts) => {
      io.stdout.write(scripts[shell](commandTree(await program())))
    })
}
