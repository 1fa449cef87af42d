// The codes that a reviewer sees or chooses, and how times and ages are told.

export const kActions = {  // X12 306
  A1: 'Certified in total', A2: 'Certified - partial', A3: 'Not certified', A4: 'Pended', A6: 'Modified',
  C: 'Cancelled', CT: 'Contact payer', NA: 'No action required', none: 'No decision',
};

export const kReasons = {  // X12 886
  '0F': 'Not medically necessary', '0H': 'Certification not required for this service',
  '0L': 'Exceeds plan maximums', '0M': 'Non-covered service', '0P': 'Requested information not received',
  '0Q': 'Duplicate request', '0U': 'Additional patient information required', '0V': 'Requires medical review',
  '0W': 'Disposition pending review',
};

// Of a case's history.
export const kHappened = {
  submit: 'submitted', review: 'a reviewer decided', information: 'information arrived', answer: 'the payer answered',
  deadline: 'the deadline passed',
};

export const kDenials = ['0F', '0L', '0M', '0P', '0Q'];

export const kKinds = { A1: 'good', NA: 'good', A2: 'warn', A6: 'warn', A4: 'wait', A3: 'bad', C: 'plain' };

export function span(seconds) {
  const hours = Math.floor(Math.abs(seconds) / 3600);
  if (hours < 1) return `${Math.floor(Math.abs(seconds) / 60)} min`;
  if (hours < 96) return `${hours} h`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function instant(text) {
  return text ? new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }) : '';
}

export const ageOf = (record, now = Date.now()) => (now - new Date(record.receivedAt).getTime()) / 1000;

// What is left of the time to decide in: {text, kind}; the colour is told in words too.
export function deadline(record, now = Date.now()) {
  if (!record.dueAt) return { text: 'no deadline', kind: 'plain', left: Infinity };
  const left = (new Date(record.dueAt).getTime() - now) / 1000;
  const whole = left + ageOf(record, now);
  if (left <= 0) return { text: `late by ${span(left)}`, kind: 'bad', left };
  if (left < 86400 || left < whole / 4) return { text: `${span(left)} left, soon`, kind: 'warn', left };
  return { text: `${span(left)} left`, kind: 'good', left };
}

export const isExpedited = (record) => record.priority === 'stat';
