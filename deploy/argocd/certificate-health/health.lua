-- The health of a cert-manager Certificate. cert-manager first sets Ready to False, and a moment later Issuing to True.
-- In the meantime, Argo CD's built-in check reports the Certificate as Degraded, and a sync that waits for it fails
-- (argo-cd#16523).
-- Here it is Progressing, unless an issuance failed or the certificate expired.
local conditions = {}
if obj.status ~= nil and obj.status.conditions ~= nil then
  for _, condition in ipairs(obj.status.conditions) do
    conditions[condition.type] = condition
  end
end

local ready = conditions.Ready
local issuing = conditions.Issuing
if issuing ~= nil and issuing.status == "True" then
  return { status = "Progressing", message = issuing.message }
end
if ready == nil then
  return { status = "Progressing", message = "Waiting for cert-manager" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end
-- cert-manager removes this time when an issuance succeeds.
if obj.status.lastFailureTime ~= nil then
  return { status = "Degraded", message = issuing ~= nil and issuing.message or ready.message }
end
if ready.reason == "Expired" then
  return { status = "Degraded", message = ready.message }
end
return { status = "Progressing", message = ready.message }
