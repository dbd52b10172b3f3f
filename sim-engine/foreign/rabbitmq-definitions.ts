// Front door to RabbitMQ's definitions files. The page loads it when such a file is dropped or asked for; the command line and the
// runner of recorded files call it too.

export { exportDefinitions } from './rabbitmq-definitions-export.ts';
export { type ImportedDefinitions, importDefinitions } from './rabbitmq-definitions-import.ts';
