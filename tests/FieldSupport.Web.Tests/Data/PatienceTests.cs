using FieldSupport.Web.Access;
using FieldSupport.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FieldSupport.Web.Tests.Data;

/// <summary>Who is waited for gives up each lock in seconds (DECISIONS 16); jobs and the command line stand in line.</summary>
public sealed class PatienceTests
{
    [Fact]
    public async Task A_write_that_somebody_waits_for_gives_up_each_lock_and_a_job_does_not()
    {
        await using var one = await OneDatabase.Create(Engine.Postgres);
        Assert.Equal("5s", await Patience(isAwaited: true));
        // On the very connection that the other one gave back.
        Assert.Equal("0", await Patience(isAwaited: false));

        async Task<string> Patience(bool isAwaited)
        {
            await using var db = one.Get<Databases>().Open(Scope.System, Actor.CommandLine, isAwaited);
            await using var transaction = await db.Database.BeginTransactionAsync();
            return await db.Database.SqlQuery<string>($"""SELECT current_setting('lock_timeout') AS "Value" """).SingleAsync();
        }
    }
}
