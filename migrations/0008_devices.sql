-- What an agent takes part in calls with: a page of the desk, or a phone.
alter table agents add column device text not null default 'page';
