-- Up Migration
create type todo_priority as enum ('NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT');

create table todos (
  id uuid primary key,
  owner_id uuid not null constraint todos_owner_id_fkey references users (id) on delete cascade,
  title varchar(200) not null constraint todos_title_check check (length(title) >= 1),
  description varchar(10000),
  completed_at timestamptz(3),
  due_at timestamptz(3),
  priority todo_priority not null default 'NONE',
  tags varchar(50)[] not null default '{}' constraint todos_tags_check check (cardinality(tags) <= 20),
  -- A fractional index: compared byte by byte, ties broken by the id.
  position text collate "C" not null,
  version integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  deleted_at timestamptz(3)
);

-- One for each order in which todos are listed. What has no due date sorts last in either direction.
create index todos_position_idx on todos (owner_id, position, id) where deleted_at is null;
create index todos_created_at_idx on todos (owner_id, created_at, id) where deleted_at is null;
create index todos_updated_at_idx on todos (owner_id, updated_at, id) where deleted_at is null;
create index todos_due_at_idx on todos (owner_id, coalesce(due_at, 'infinity'), id) where deleted_at is null;
create index todos_due_at_desc_idx on todos (owner_id, coalesce(due_at, '-infinity'), id) where deleted_at is null;
create index todos_priority_idx on todos (owner_id, priority, id) where deleted_at is null;
create index todos_title_idx on todos (owner_id, title collate "und-x-icu", id) where deleted_at is null;
create index todos_trash_idx on todos (owner_id, deleted_at, id) where deleted_at is not null;

-- Down Migration
drop table todos;
drop type todo_priority;
