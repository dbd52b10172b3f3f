// English words of what a RabbitMQ broker shows, loaded with the first one that is drawn.

export const EN = {
  'definitions.opened': '{name} is drawn',
  'definitions.remarks.one': 'One thing of the file was left out or is written otherwise.',
  'definitions.remarks': '{count} things of the file were left out or are written otherwise.',
  'definitions.more': 'and {count} more',
  'definitions.save-as': 'Save as ...',
  'definitions.save': 'RabbitMQ definitions',
  'definitions.unsaved': 'This drawing is no definitions file yet',

  'label.all': 'all',
  'label.no-key': 'empty key',
  'label.headers.one': '1 header',
  'label.headers': '{count} headers',
  'label.headers.none': 'any headers',
  'label.weight': 'weight {weight}',
  'label.alternate': 'if nobody else',
};
