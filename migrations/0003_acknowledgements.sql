-- An acknowledgement is a lease, and a clock that runs out calls for help: both are instants at which something is decided.
-- Why columns that may be empty: the version before knows nothing of them and goes on writing beside this one. It may leave
-- them behind on an incident it opened again; they count only while the incident is acknowledged.

alter table incidents
  -- The acknowledgement ends at this instant unless its holder renews it. Null: it holds until the end.
  add column lease_until timestamptz,
  -- When the holder is asked. Null: asked already.
  add column lease_ask_at timestamptz,
  -- The clock that ran out, and when the next step's people are paged to help whoever has it.
  add column help_clock text,
  add column help_due_at timestamptz;
