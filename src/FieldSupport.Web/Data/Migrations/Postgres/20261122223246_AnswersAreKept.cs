using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FieldSupport.Web.Data.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class AnswersAreKept : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc",
                table: "WorkItems");

            migrationBuilder.AddColumn<string>(
                name: "Answer",
                table: "WorkItems",
                type: "character varying(40)",
                maxLength: 40,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc_Number",
                table: "WorkItems",
                columns: new[] { "ResolvedAtUtc", "OpenedAtUtc", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_ShipmentId",
                table: "WorkItems",
                column: "ShipmentId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc_Number",
                table: "WorkItems");

            migrationBuilder.DropIndex(
                name: "IX_WorkItems_ShipmentId",
                table: "WorkItems");

            migrationBuilder.DropColumn(
                name: "Answer",
                table: "WorkItems");

            migrationBuilder.CreateIndex(
                name: "IX_WorkItems_ResolvedAtUtc_OpenedAtUtc",
                table: "WorkItems",
                columns: new[] { "ResolvedAtUtc", "OpenedAtUtc" });
        }
    }
}
