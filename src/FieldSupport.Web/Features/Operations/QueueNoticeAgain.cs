using FieldSupport.Domain.Chasing;
using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Composition;
using FieldSupport.Web.Data;
using FieldSupport.Web.Features.Chasing;
using FieldSupport.Web.Features.Compliance;
using FieldSupport.Web.Jobs;
using FieldSupport.Web.Mediation;
using FieldSupport.Web.Ui;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Operations;

public sealed class QueueNoticeAgainController(ISender sender) : Controller
{
    /// <param name="notice">Its Message-ID, without the angle brackets: the one name of a notice that says nothing about anybody.</param>
    [HttpPost("/status/notices/{notice}/queue-again"), Sends(typeof(QueueNoticeAgain.Command))]
    public async Task<IActionResult> Submit(string notice)
    {
        TempData.Toast((await sender.Send(new QueueNoticeAgain.Command(notice))).OrRefuse());
        return this.SeeOther("/status#notices");
    }
}

/// <summary>A person put right why a notice did not go: it goes again, to whoever stands in its slot now, as the very same mail.</summary>
public static class QueueNoticeAgain
{
    [Requires(Permission.RunJobs)]
    public sealed record Command(string Notice) : ICommand<string>, IScoped
    {
        public string MessageId => $"<{Notice}>";

        public Task<bool> ExistsInScope(FieldSupportDb db, CancellationToken cancellationToken) => db.Notices.AnyAsync(n => n.MessageId == MessageId, cancellationToken);
    }

    internal sealed class Handler(FieldSupportDb db, Settings settings, TimeProvider clock) : ICommandHandler<Command, string>
    {
        public async Task<Outcome<string>> Handle(Command command, CancellationToken cancellationToken)
        {
            var notice = (await db.Notices.SingleOrDefaultAsync(n => n.MessageId == command.MessageId, cancellationToken)).OrAbsent();
            // It went meanwhile, or somebody else was faster: once is once.
            if (notice.State is not (NoticeState.Parked or NoticeState.Failed)) throw new StaleException();
            var addresses = await Addresses(notice, cancellationToken);
            if (addresses is null) return new Refusal("notice.no-address", $"Still nobody stands behind the slot '{notice.Recipient}'. {NoticeOwner.Of(notice.Recipient, hasAddress: false, isParked: true).WhatToDo}");
            (notice.Addresses, notice.State, notice.Attempts, notice.NextAttemptAtUtc, notice.LastError, notice.BundleId) = (addresses, NoticeState.Queued, 0, clock.GetUtcNow(), null, null);
            db.Note("notice.queued-again", "notice", $"{notice.DeliveryNumber}/{notice.Rung}/{notice.Recipient}");
            return $"{notice.DeliveryNumber} {notice.Rung} to {notice.Recipient} is queued again and goes with the next sending.";
        }

        private async Task<string?> Addresses(Notice notice, CancellationToken stop)
        {
            if (notice.Recipient == WatchTheTimetable.Operations)
            {
                var admins = await db.Users.AsNoTracking().Where(u => u.Role == Roles.Admin && !u.IsDisabled && u.Email != null).OrderBy(u => u.Email).Select(u => u.Email).ToListAsync(stop);
                return admins.Count == 0 ? null : string.Join(", ", admins);
            }
            if (notice.Recipient == SafetyIntake.Slot && notice.Rung == SafetyIntake.Rung) return await SafetyIntake.AddressesOf(db, settings, stop);
            var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == notice.AccountId, stop);
            return account is null ? notice.Addresses : (await Recipients.Load(db, settings, clock.GetUtcNow(), stop)).AddressesOf(notice.Recipient, account);
        }
    }
}

/// <summary>Who can put right why a notice did not go, and how.</summary>
public sealed record NoticeOwner(string Who, string WhatToDo)
{
    public static NoticeOwner Of(string slot, bool hasAddress, bool isParked)
    {
        if (!isParked) return new("Operations", "Nothing yet: it is tried again by itself. If all of them fail, look at the mail server.");
        return slot switch
        {
            LadderSlot.Rep or LadderSlot.Manager => hasAddress
                ? new("Operations", "The mail server refused it for good: put the user's address right.")
                : new("Operations", $"Add a {slot} of the account's territory (users add)."),
            LadderSlot.Logistics or WatchTheTimetable.Operations => hasAddress
                ? new("Operations", "The mail server refused it for good: put the user's address right.")
                : new("Operations", $"Add a user with the role {(slot == LadderSlot.Logistics ? Roles.Logistics : Roles.Admin)} (users add)."),
            LadderSlot.PracticeCoordinator => new("The practice, through its rep", "Ask for the coordinator's address and import it (accounts, coordinatorEmail)."),
            LadderSlot.PracticeClinicalLead => new("The practice, through its rep", "Ask for the clinical lead's address and import it (accounts, clinicalLeadEmail)."),
            _ => new("Operations", $"Set FieldSupport:Recipients:{slot} to an address that is read."),
        };
    }
}
