// English words of what a RabbitMQ broker shows, loaded with the first one that is drawn.

export const EN = {
  'label.all': 'all',
  'label.no-key': 'empty key',
  'label.headers.one': '1 header',
  'label.headers': '{count} headers',
  'label.headers.none': 'any headers',
  'label.weight': 'weight {weight}',
  'label.alternate': 'if nobody else',
};
