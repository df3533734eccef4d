#!/usr/bin/env node
import { standalone } from '../cli/described-program.js'
import { estimatorCommand } from '../cli/commands/run-estimator.js'
import { runProcess } from '../cli/main.js'

await runProcess((io) => standalone(estimatorCommand(io)))
