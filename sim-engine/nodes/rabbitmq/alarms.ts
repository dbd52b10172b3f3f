// Alarms: while a resource runs short, what comes on a connection is left unread from its first publish on.

import type { BrokerCore, Connection } from './broker-core.ts';

/** A resource runs short (`memory`, `disk`) or does so no longer. */
export function setAlarm({ out, state: { alarms, connections } }: BrokerCore, resource: string, isOn: boolean): void {
  if (isOn) alarms.add(resource);
  else alarms.delete(resource);
  if (alarms.size > 0) return;
  for (const connection of connections.values()) {
    if (!connection.isBlocked) continue;
    connection.isBlocked = false;
    out.blocked(connection.id, false);
  }
}

/**
 * During an alarm: whether what comes on a connection is left unread. From its first publish on that is so for everything, until the alarm is
 * over; connections that do not publish go on.
 */
export function isHeldUp({ out }: BrokerCore, connection: Connection, isPublish: boolean): boolean {
  if (!connection.isBlocked && isPublish) {
    connection.isBlocked = true;
    out.blocked(connection.id, true);
  }
  return connection.isBlocked;
}
