// The calendar of one day of evaluation.
import { day } from './ledgers.mjs';

export class Calendar {
  constructor(date) {
    this.date = date;
    this.today = day(date);
    const [year, month] = date.split('-').map(Number);
    this.year = year;
    this.newYear = day(`${year}-01-01`);
    this.quarter = day(`${year}-${String(Math.floor((month - 1) / 3) * 3 + 1).padStart(2, '0')}-01`);
  }

  /** A period of two days that takes in today; both days belong to it, a missing end is open. */
  holds = (from, to) => from !== '' && day(from) <= this.today && (to === '' || day(to) >= this.today);

  /** It is not in the future. */
  begun = (from) => from !== '' && day(from) <= this.today;

  /** One of the last `days` days, today included. */
  lately = (on, days) => on !== '' && day(on) <= this.today && day(on) > this.today - days;

  /** A day since the first of a year or quarter. */
  since = (on, first) => on !== '' && day(on) >= first && day(on) <= this.today;

  /** A period of two days that touches the time since the first of a year. */
  touches = (from, to, first) => this.begun(from) && (to === '' || day(to) >= first);

  before = (on, other = this.today) => on !== '' && day(on) < other;

  /** Whole years since a birth. */
  age(born) {
    const [year, month, date] = born.split('-').map(Number);
    const [, thisMonth, thisDate] = this.date.split('-').map(Number);
    return this.year - year - (thisMonth < month || (thisMonth === month && thisDate < date) ? 1 : 0);
  }

  /** Whole months from a day to another, or to today if there is none. */
  months(from, to) {
    const [y1, m1, d1] = from.split('-').map(Number);
    const [y2, m2, d2] = (to === '' ? this.date : to).split('-').map(Number);
    return (y2 - y1) * 12 + m2 - m1 - (d2 < d1 ? 1 : 0);
  }
}
