-- Up Migration
-- What is known of a person's todos as a whole. Its row is locked by whoever adds to the open ones or to the order, so
-- that limits hold and no two todos get one place; the triggers keep it right, whatever writes todos.
create table todo_lists (
  owner_id uuid primary key constraint todo_lists_owner_id_fkey references users (id) on delete cascade,
  -- Neither completed nor in the trash.
  open_count integer not null default 0,
  -- No todo stands behind it; there may be none at it any more.
  last_position text collate "C"
);

create function todo_list_of_user() returns trigger language plpgsql as $$
begin
  insert into todo_lists (owner_id) values (new.id);
  return null;
end
$$;
create trigger users_todo_list after insert on users for each row execute function todo_list_of_user();

create function todo_lists_add(list_owner uuid, opened bigint, new_last text) returns void language sql as $$
  update todo_lists
  set open_count = open_count + opened, last_position = greatest(last_position, new_last collate "C")
  where owner_id = list_owner and (opened <> 0 or last_position is null or new_last collate "C" > last_position)
$$;

create function todo_lists_count_added() returns trigger language plpgsql as $$
begin
  -- In one order, so that two statements never wait for each other.
  perform todo_lists_add(owner_id, opened, new_last) from (
    select owner_id, count(*) filter (where completed_at is null and deleted_at is null) as opened,
      max(position) as new_last
    from added group by owner_id order by owner_id
  ) as list;
  return null;
end
$$;
create trigger todos_list_added after insert on todos
  referencing new table as added for each statement execute function todo_lists_count_added();

create function todo_lists_count_changed() returns trigger language plpgsql as $$
begin
  perform todo_lists_add(owner_id, opened, new_last) from (
    select owner_id, sum(opened) as opened, max(position) as new_last from (
      select owner_id, (completed_at is null and deleted_at is null)::int as opened, position from after_it
      union all
      select owner_id, -(completed_at is null and deleted_at is null)::int, null from before_it
    ) as todo group by owner_id order by owner_id
  ) as list;
  return null;
end
$$;
create trigger todos_list_changed after update on todos
  referencing old table as before_it new table as after_it for each statement execute function todo_lists_count_changed();

create function todo_lists_count_removed() returns trigger language plpgsql as $$
begin
  perform todo_lists_add(owner_id, opened, null) from (
    select owner_id, -count(*) filter (where completed_at is null and deleted_at is null) as opened
    from removed group by owner_id order by owner_id
  ) as list;
  return null;
end
$$;
create trigger todos_list_removed after delete on todos
  referencing old table as removed for each statement execute function todo_lists_count_removed();

insert into todo_lists (owner_id, open_count, last_position)
select users.id, count(todos.id) filter (where completed_at is null and todos.deleted_at is null), max(position)
from users left join todos on todos.owner_id = users.id group by users.id;

-- Down Migration
drop trigger todos_list_removed on todos;
drop trigger todos_list_changed on todos;
drop trigger todos_list_added on todos;
drop trigger users_todo_list on users;
drop function todo_lists_count_removed();
drop function todo_lists_count_changed();
drop function todo_lists_count_added();
drop function todo_lists_add(uuid, bigint, text);
drop function todo_list_of_user();
drop table todo_lists;
