-- A view for each question; a column of a number has its bounds and its state beside it.

CREATE VIEW ratios AS
SELECT recipient_en, donor_en,
       aid, aid_low, aid_high, aid_unit, aid_state,
       ratio, ratio_low, ratio_high, ratio_unit, ratio_state,
       revenue, revenue_low, revenue_high, revenue_unit, revenue_state, note_en
FROM funding_ratios;

CREATE VIEW money AS
SELECT recipient_en, donor_en, max(unit) AS unit,
       max(value) FILTER (WHERE step = 'commitment') AS committed,
       max(low) FILTER (WHERE step = 'commitment') AS committed_low,
       max(high) FILTER (WHERE step = 'commitment') AS committed_high,
       max(state) FILTER (WHERE step = 'commitment') AS committed_state,
       max(value) FILTER (WHERE step = 'disbursement') AS disbursed,
       max(low) FILTER (WHERE step = 'disbursement') AS disbursed_low,
       max(high) FILTER (WHERE step = 'disbursement') AS disbursed_high,
       max(state) FILTER (WHERE step = 'disbursement') AS disbursed_state,
       max(value) FILTER (WHERE step = 'expenditure') AS spent,
       max(low) FILTER (WHERE step = 'expenditure') AS spent_low,
       max(high) FILTER (WHERE step = 'expenditure') AS spent_high,
       max(state) FILTER (WHERE step = 'expenditure') AS spent_state
FROM money_flow
WHERE realised = 'yes'
GROUP BY recipient, donor
ORDER BY min(rowid);

CREATE VIEW dates AS
SELECT recipient_en, project_id, name_en AS project, said, stage, kind, measure, realised, label_en,
       first_day, last_day, days_low, days_high, amount, amount_unit, source
FROM project_timeline
ORDER BY last_day, rowid;
