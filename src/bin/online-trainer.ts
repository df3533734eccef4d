#!/usr/bin/env node
import { standalone } from '../cli/described-program.js'
import { runProcess } from '../cli/main.js'
import { onlineTrainerCommand } from '../cli/commands/run-online-trainer.js'

await runProcess((io) => standalone(onlineTrainerCommand(io)))
