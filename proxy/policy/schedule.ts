/**
 * Opening hours. Outside them a call is silent, taken as it is, or not taken at all.
 *
 * Times are the wall clock's of the policy's zone, to the minute; a day that ends before it begins lasts past midnight and
 * belongs to the day on which it begins. On a holiday nothing begins.
 */
import type { PolicyOptions } from './options.js'

export type Schedule = NonNullable<PolicyOptions['schedule']>

/** Days as the schedule names them; the index is that of Date.getUTCDay. */
export const scheduleDays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export type ScheduleDay = (typeof scheduleDays)[number]

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** Formats are costly to make and few: one per zone that a policy names. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether the schedule is open at this instant, ms since 1970. */
export const isOpenAt = (schedule: Schedule, epochMs: number): boolean => {
  const local = localMs(schedule.timeZone, epochMs)
  const minute = Math.floor((local % DAY_MS) / MINUTE_MS)
  const today = dayOf(schedule, local)
  const yesterday = dayOf(schedule, local - DAY_MS)
  return schedule.open.some(({ days, from, to }) => {
    const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)]
    if (fromMinute < toMinute) return days.includes(today!) && fromMinute <= minute && minute < toMinute
    return (days.includes(today!) && minute >= fromMinute) || (days.includes(yesterday!) && minute < toMinute)
  })
}

/** Whether a call that begins at this instant is taken at all: asked before any recorder is dialled. */
export const admits = ({ schedule }: PolicyOptions, epochMs: number): boolean =>
  schedule === null || schedule.outside !== 'refuse' || isOpenAt(schedule, epochMs)

/** Whether a call is silent at this instant. One that was taken within the hours goes on as it is where others are refused. */
export const isSilentAt = ({ schedule }: PolicyOptions, epochMs: number): boolean =>
  schedule !== null && schedule.outside === 'silent' && !isOpenAt(schedule, epochMs)

/** The day of a local time, or null when nothing begins on it. */
const dayOf = ({ holidays }: Schedule, local: number): ScheduleDay | null => {
  const date = new Date(local)
  return holidays.includes(date.toISOString().slice(0, 10)) ? null : scheduleDays[date.getUTCDay()]!
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** The zone's wall clock as if it were UTC's, ms. */
const localMs = (timeZone: string, epochMs: number): number => {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const parts: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(epochMs)) parts[type] = Number(value)
  const { year, month, day, hour, minute, second } = parts
  return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!)
}
