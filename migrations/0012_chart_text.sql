-- A picture says nothing to a screen reader, in a mail, or where it does not load: each chart keeps what it shows in
-- words as well. Null: drawn before there was such a text; its summary has to do.
alter table charts add column text text;
