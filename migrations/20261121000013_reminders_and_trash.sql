-- Up Migration
-- When the owner is reminded: at an instant, or so many minutes before it is due, whose instant is then written here too.
alter table todos add column remind_at timestamptz(3);
alter table todos add column remind_minutes_before integer
  constraint todos_remind_minutes_before_check check (remind_minutes_before between 0 and 40320);
-- When the reminder of this instant was taken up, whether a mail followed or not; null while it is to come.
alter table todos add column reminded_at timestamptz(3);
alter table todos add constraint todos_remind_check
  check (remind_minutes_before is null or (due_at is not null and remind_at is not null));
create index todos_remind_at_idx on todos (remind_at) where remind_at is not null and reminded_at is null;

-- What has been in the trash for long, for the job that removes it.
create index todos_deleted_at_idx on todos (deleted_at) where deleted_at is not null;

-- Down Migration
drop index todos_deleted_at_idx;
drop index todos_remind_at_idx;
alter table todos drop constraint todos_remind_check;
alter table todos drop column reminded_at;
alter table todos drop column remind_minutes_before;
alter table todos drop column remind_at;
