// English words of what a RabbitMQ broker shows, loaded with the first one that is drawn.

export const EN = {
  'definitions.opened': '{name} is drawn',
  'definitions.remarks.one': 'One thing of the file was left out or is written otherwise.',
  'definitions.remarks': '{count} things of the file were left out or are written otherwise.',
  'definitions.more': 'and {count} more',
  'definitions.save-as': 'Save as ...',
  'definitions.save': 'RabbitMQ definitions',
  'definitions.unsaved': 'This drawing is no definitions file yet',

  'card.ready': 'ready',
  'card.unacked': 'unacked',
  'card.consumers': 'consumers',
  'card.in': 'in',
  'card.per-second': '/s',
  'card.unroutable': 'unroutable',
  'card.bindings': 'bindings',

  'node.up': 'Node {number} of {name}: runs',
  'node.down': 'Node {number} of {name}: down',
  'node.menu': 'Node {number} of {name}',
  'node.kill': 'Kill this node',
  'node.start': 'Start this node again',

  'broker.version': 'RabbitMQ {version}',
  'broker.no-alarms': 'no alarms',
  'broker.memory-alarm': 'memory alarm: publishers wait',
  'broker.disk-alarm': 'disk alarm: publishers wait',
  'broker.default': 'default exchange',
  'broker.default.help': 'Every queue is bound to it by its own name.',

  'label.all': 'all',
  'label.no-key': 'empty key',
  'label.headers.one': '1 header',
  'label.headers': '{count} headers',
  'label.headers.none': 'any headers',
  'label.weight': 'weight {weight}',
  'label.alternate': 'if nobody else',
};
