#!/usr/bin/env node
import { onlineTrainerCommand } from '../cli/commands/run-online-trainer.js'
import { standalone } from '../cli/help/described-program.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(onlineTrainerCommand(io)))
