using System.Text.Json;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Data.Auditing;
using FieldSupport.Web.Mediation;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace FieldSupport.Web.Features.Audit;

public sealed class VerifyAuditController(ISender sender) : Controller
{
    [HttpPost("/audit/verify"), Sends(typeof(VerifyAudit.Command))]
    public async Task<IActionResult> Submit(CancellationToken cancellationToken)
    {
        var told = (await sender.Send(new VerifyAudit.Command(), cancellationToken)).OrRefuse();
        TempData["audit.verdict"] = JsonSerializer.Serialize(told);
        return this.SeeOther("/audit");
    }
}

/// <summary>Walks the whole chain and its anchors; that somebody asked, and what came out, is an entry itself.</summary>
public static class VerifyAudit
{
    [Requires(Permission.ReadAudit)]
    public sealed record Command : ICommand<Told>;

    public sealed record Told(long Entries, bool Ok, long? FirstBad, string? Problem, DateTimeOffset AtUtc, int Restores = 0);

    internal sealed class Handler(FieldSupportDb db, AuditChain chain, TimeProvider clock) : ICommandHandler<Command, Told>
    {
        public async Task<Outcome<Told>> Handle(Command command, CancellationToken cancellationToken)
        {
            var verdict = await chain.Verify(db, cancellationToken);
            db.Note("audit.verified", "audit", "chain", verdict.Ok ? $"{verdict.Entries} entries, sound" : verdict.Problem);
            return new Told(verdict.Entries, verdict.Ok, verdict.FirstBad, verdict.Problem, clock.GetUtcNow(), verdict.Restores.Count);
        }
    }
}
