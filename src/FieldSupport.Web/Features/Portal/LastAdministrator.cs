using FieldSupport.Domain.Shared;
using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using FieldSupport.Web.Mediation;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Features.Portal;

/// <summary>A practice keeps somebody who can come in and let others in: an administrator with a password.</summary>
public sealed class LastAdministrator(FieldSupportDb db, WithTheSave also)
{
    /// <summary>
    /// Why <paramref name="user"/> may not lose access or password; null where another administrator stays. Asked again inside the save:
    /// two who remove each other have each seen the other here, and saves of the audit stand in line, so the second sees what the first did.
    /// </summary>
    public async Task<Refusal?> Stays(User user, CancellationToken stop)
    {
        if (user.Role != Roles.PracticeAdmin) return null;
        var others = InviteColleague.Colleagues(db).Where(u => u.Role == Roles.PracticeAdmin && u.Id != user.Id && u.PasswordHash != null);
        if (!await others.AnyAsync(stop)) return new Refusal("colleague.last-admin", Say.It("This is the last administrator of your practice. Invite another one first."));
        also.Add(async (_, cancel) =>
        {
            if (!await others.AnyAsync(cancel)) throw new StaleException();
        });
        return null;
    }
}
